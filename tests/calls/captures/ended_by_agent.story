  0.000 #1 CallArrived caller= dialled=1580 language=uk source=trunk channel=node1-1795285962.2
  0.020 #1 CallerJoinedQueue queue=khm-general position=1
  0.022 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.039 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.039 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.018862 rang=0.016969
  1.042 #1 CallHeld agent=PJSIP/agent7
  2.052 #1 CallResumed agent=PJSIP/agent7
  3.057 #1 AgentLeftTalk agent=PJSIP/agent7 talked=3.01822 ended_by=agent
  3.058 #1 CallEnded cause=16 by_caller=False
