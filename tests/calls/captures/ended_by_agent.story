  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289223.2 endpoint= trunk=
  0.003 #1 CallerJoinedQueue queue=khm-general position=1
  0.004 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.050 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.050 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.046721 rang=0.045669
  1.049 #1 CallHeld agent=PJSIP/agent7
  2.049 #1 CallResumed agent=PJSIP/agent7
  3.051 #1 AgentLeftTalk agent=PJSIP/agent7 talked=3.00097 ended_by=agent
  3.053 #1 CallEnded cause=16 by_caller=False
