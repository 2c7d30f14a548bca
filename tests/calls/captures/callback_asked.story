  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289232.12 endpoint= trunk=
  0.004 #1 CallerJoinedQueue queue=khm-general position=1
  1.549 #1 CallerLeftQueue queue=khm-general
  1.549 #1 CallbackAsked number=380671234567 queue=
  1.852 #1 CallEnded cause=16 by_caller=False
