  0.000 #1 CallArrived caller= dialled=1580 language=uk source=trunk channel=node1-1795285966.4
  0.546 #1 CallEnded cause=0 by_caller=True
