  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289271.35 endpoint= trunk=
  0.003 #1 CallerJoinedQueue queue=khm-general position=1
  0.004 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.050 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.051 #2 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289271.37 endpoint= trunk=
  0.051 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.048347 rang=0.047486
  0.052 #2 CallerJoinedQueue queue=khm-general position=1
