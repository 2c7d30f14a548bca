  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289245.19 endpoint= trunk=
  0.002 #1 CallerJoinedQueue queue=khm-general position=1
  0.003 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.048 #1 AgentDidNotAnswer agent=PJSIP/agent7 queue=khm-general rang=0.0
  1.061 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  1.102 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  1.103 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=1.101315 rang=0.042006
  2.103 #1 AgentLeftTalk agent=PJSIP/agent7 talked=0.999314 ended_by=caller
  2.106 #1 CallEnded cause=16 by_caller=True
