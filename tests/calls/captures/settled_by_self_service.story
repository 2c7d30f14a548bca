  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289236.13 endpoint= trunk=
  0.002 #1 MenuEntered menu=hotline
  0.003 #1 SelfServiceUsed service=appeal-status settled=True
  0.004 #1 CallEnded cause=16 by_caller=False
