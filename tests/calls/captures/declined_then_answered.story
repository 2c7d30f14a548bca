  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795286024.7
  0.009 #1 CallerJoinedQueue queue=khm-general position=1
  0.010 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.049 #1 AgentDidNotAnswer agent=PJSIP/agent7 queue=khm-general rang=0.0
  1.069 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  1.108 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  1.108 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=1.099543 rang=0.039519
  2.110 #1 AgentLeftTalk agent=PJSIP/agent7 talked=1.001853 ended_by=caller
  2.114 #1 CallEnded cause=16 by_caller=True
