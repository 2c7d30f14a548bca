  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795286033.16
  0.003 #1 CallerJoinedQueue queue=khm-general position=1
  0.007 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.050 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.051 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.048045 rang=0.04492
  1.051 #1 CallHeld agent=PJSIP/agent7
  1.059 #1 ConsultStarted agent=PJSIP/agent7 to=PJSIP/agent8
  2.163 #1 CallResumed agent=PJSIP/agent7
  2.164 #1 AgentLeftTalk agent=PJSIP/agent7 talked=2.112578 ended_by=transfer
  2.164 #1 AgentJoinedTalk agent=PJSIP/agent8
  2.165 #1 CallTransferred agent=PJSIP/agent7 to=PJSIP/agent8 attended=True
  3.667 #1 AgentLeftTalk agent=PJSIP/agent8 talked=1.502878 ended_by=caller
  3.668 #1 CallEnded cause=16 by_caller=True
