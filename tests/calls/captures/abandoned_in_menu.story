  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289227.4 endpoint= trunk=
  0.548 #1 CallEnded cause=0 by_caller=True
