  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289258.32 endpoint= trunk=
  0.003 #1 CallerJoinedQueue queue=khm-general position=1
  0.006 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.050 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.051 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.047636 rang=0.044706
 11.049 #1 AgentLeftTalk agent=PJSIP/agent7 talked=10.998531 ended_by=lost
 11.050 #1 CallerRequeued queue=khm-general
 11.352 #1 CallerJoinedQueue queue=khm-general position=1
 11.355 #1 AgentOffered agent=PJSIP/agent8 queue=khm-general
 11.360 #1 RecordingStarted segment=2 agent=PJSIP/agent8
 11.362 #1 AgentAnswered agent=PJSIP/agent8 queue=khm-general waited=0.010213 rang=0.0064
 12.358 #1 AgentLeftTalk agent=PJSIP/agent8 talked=0.996631 ended_by=caller
 12.359 #1 CallEnded cause=44 by_caller=True
