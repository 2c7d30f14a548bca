  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289247.22 endpoint= trunk=
  0.004 #1 CallerJoinedQueue queue=khm-general position=1
  0.005 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.050 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.051 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.047503 rang=0.046365
  1.050 #1 CallTransferred agent=PJSIP/agent7 to=agent8 attended=False
  1.050 #1 AgentLeftTalk agent=PJSIP/agent7 talked=0.998873 ended_by=transfer
  1.053 #1 AgentOffered agent=PJSIP/agent8 queue=
  1.354 #1 RecordingStarted segment=2 agent=PJSIP/agent8
  1.356 #1 AgentJoinedTalk agent=PJSIP/agent8
  2.355 #1 AgentLeftTalk agent=PJSIP/agent8 talked=0.999855 ended_by=caller
  2.357 #1 CallEnded cause=16 by_caller=True
