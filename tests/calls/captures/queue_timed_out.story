  0.000 #1 CallArrived caller=380671234567 dialled=200 language=uk source=trunk channel=1795284383.21 endpoint= trunk=
  0.503 #1 CallerJoinedQueue queue=khm-general position=1
  0.505 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  3.507 #1 AgentDidNotAnswer agent=PJSIP/agent7 queue=khm-general rang=3.0
  3.508 #1 CallerLeftQueue queue=khm-general
  4.510 #1 CallEnded cause=16 by_caller=False
