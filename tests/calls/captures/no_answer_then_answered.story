  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289239.16 endpoint= trunk=
  0.002 #1 CallerJoinedQueue queue=khm-general position=1
  0.003 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  3.006 #1 AgentDidNotAnswer agent=PJSIP/agent7 queue=khm-general rang=3.0
  4.008 #1 AgentOffered agent=PJSIP/agent8 queue=khm-general
  4.013 #1 RecordingStarted segment=1 agent=PJSIP/agent8
  4.014 #1 AgentAnswered agent=PJSIP/agent8 queue=khm-general waited=4.011909 rang=0.005596
  5.012 #1 AgentLeftTalk agent=PJSIP/agent8 talked=0.997807 ended_by=caller
  5.013 #1 CallEnded cause=16 by_caller=True
