  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795286011.0
  0.005 #1 CallerJoinedQueue queue=khm-general position=1
  1.552 #1 CallerLeftQueue queue=khm-general
  1.552 #1 CallbackAsked number=380671234567
  1.854 #1 CallEnded cause=16 by_caller=False
