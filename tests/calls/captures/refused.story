  0.000 #1 CallArrived caller= dialled=1580 language=uk source=trunk channel=node1-1795285969.7
  0.005 #2 CallArrived caller= dialled=1580 language=uk source=trunk channel=node1-1795285969.8
  0.010 #1 CallerJoinedQueue queue=khm-general position=1
  0.012 #2 CallerJoinedQueue queue=khm-general position=2
  0.062 #3 CallArrived caller= dialled=1580 language=uk source=trunk channel=node1-1795285969.9
  0.102 #3 CallerJoinedQueue queue=khm-general position=3
  0.115 #4 CallArrived caller= dialled=1580 language=uk source=trunk channel=node1-1795285969.10
  0.115 #4 CallRefused capacity=3
  0.419 #4 CallEnded cause=42 by_caller=False
  0.427 #2 CallerAbandoned queue=khm-general waited=0.415369
  0.428 #3 CallerAbandoned queue=khm-general waited=0.32655
  0.428 #1 CallerAbandoned queue=khm-general waited=0.418524
  0.428 #3 CallEnded cause=0 by_caller=True
  0.428 #2 CallEnded cause=0 by_caller=True
  0.428 #1 CallEnded cause=0 by_caller=True
