  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795286015.1
  0.001 #1 MenuEntered menu=hotline
  0.001 #1 SelfServiceUsed service=appeal-status settled=True
  0.002 #1 CallEnded cause=16 by_caller=False
