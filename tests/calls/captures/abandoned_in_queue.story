  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289228.5 endpoint= trunk=
  0.005 #1 CallerJoinedQueue queue=khm-general position=1
  0.006 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  1.051 #1 CallerAbandoned queue=khm-general waited=1.046899
  1.055 #1 CallEnded cause=0 by_caller=True
