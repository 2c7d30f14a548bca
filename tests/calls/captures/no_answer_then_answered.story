  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795286018.4
  0.002 #1 CallerJoinedQueue queue=khm-general position=1
  0.004 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  3.007 #1 AgentDidNotAnswer agent=PJSIP/agent7 queue=khm-general rang=3.0
  4.010 #1 AgentOffered agent=PJSIP/agent8 queue=khm-general
  4.059 #1 RecordingStarted segment=1 agent=PJSIP/agent8
  4.060 #1 AgentAnswered agent=PJSIP/agent8 queue=khm-general waited=4.057546 rang=0.04997
  5.060 #1 AgentLeftTalk agent=PJSIP/agent8 talked=1.000159 ended_by=caller
  5.061 #1 CallEnded cause=16 by_caller=True
