  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289230.7 endpoint= trunk=
  0.003 #1 CallerJoinedQueue queue=khm-general position=1
  0.051 #2 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289230.8 endpoint= trunk=
  0.054 #2 CallerJoinedQueue queue=khm-general position=2
  0.102 #3 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289230.9 endpoint= trunk=
  0.105 #3 CallerJoinedQueue queue=khm-general position=3
  0.152 #4 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289230.10 endpoint= trunk=
  0.152 #4 CallRefused capacity=3
  0.455 #4 CallEnded cause=42 by_caller=False
  0.503 #1 CallerAbandoned queue=khm-general waited=0.500287
  0.503 #1 CallEnded cause=0 by_caller=True
  0.506 #3 CallerAbandoned queue=khm-general waited=0.401048
  0.506 #3 CallEnded cause=0 by_caller=True
  0.506 #2 CallerAbandoned queue=khm-general waited=0.451346
  0.506 #2 CallEnded cause=0 by_caller=True
