  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289254.28 endpoint= trunk=
  0.004 #1 CallerJoinedQueue queue=khm-general position=1
  0.005 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.051 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.052 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.048688 rang=0.04676
  1.050 #1 CallHeld agent=PJSIP/agent7
  1.057 #1 ConsultStarted agent=PJSIP/agent7 to=PJSIP/agent8
  2.151 #1 CallResumed agent=PJSIP/agent7
  2.151 #1 AgentLeftTalk agent=PJSIP/agent7 talked=2.098983 ended_by=transfer
  2.151 #1 AgentJoinedTalk agent=PJSIP/agent8
  2.152 #1 CallTransferred agent=PJSIP/agent7 to=PJSIP/agent8 attended=True
  2.152 #1 RecordingStarted segment=2 agent=PJSIP/agent8
  2.153 #1 ConsultEnded agent=PJSIP/agent7 to=PJSIP/agent8
  3.655 #1 AgentLeftTalk agent=PJSIP/agent8 talked=1.503608 ended_by=caller
  3.655 #1 CallEnded cause=16 by_caller=True
