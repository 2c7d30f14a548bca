  0.000 #1 CallArrived caller= dialled=1580 language=uk source=trunk channel=node1-1795285967.5
  0.003 #1 CallerJoinedQueue queue=khm-general position=1
  0.014 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  1.050 #1 CallerAbandoned queue=khm-general waited=1.047175
  1.051 #1 CallEnded cause=0 by_caller=True
