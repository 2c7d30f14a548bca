  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795286027.10
  0.004 #1 CallerJoinedQueue queue=khm-general position=1
  0.006 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.050 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.051 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.046425 rang=0.044438
  1.066 #1 CallTransferred agent=PJSIP/agent7 to=agent8 attended=False
  1.066 #1 AgentLeftTalk agent=PJSIP/agent7 talked=1.015514 ended_by=transfer
  1.071 #1 AgentOffered agent=PJSIP/agent8 queue=
  1.366 #1 AgentJoinedTalk agent=PJSIP/agent8
  2.366 #1 AgentLeftTalk agent=PJSIP/agent8 talked=0.999627 ended_by=caller
  2.367 #1 CallEnded cause=16 by_caller=True
