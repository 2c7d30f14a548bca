  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289250.25 endpoint= trunk=
  0.004 #1 CallerJoinedQueue queue=khm-general position=1
  0.006 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.051 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.052 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.048715 rang=0.046552
  1.050 #1 CallTransferred agent=PJSIP/agent7 to=khm-water attended=False
  1.050 #1 AgentLeftTalk agent=PJSIP/agent7 talked=0.9978 ended_by=transfer
  1.051 #1 CallerJoinedQueue queue=khm-water position=1
  1.053 #1 AgentOffered agent=PJSIP/agent8 queue=khm-water
  1.352 #1 RecordingStarted segment=2 agent=PJSIP/agent8
  1.353 #1 AgentAnswered agent=PJSIP/agent8 queue=khm-water waited=0.30169 rang=0.300058
  2.353 #1 AgentLeftTalk agent=PJSIP/agent8 talked=1.000283 ended_by=caller
  2.355 #1 CallEnded cause=16 by_caller=True
