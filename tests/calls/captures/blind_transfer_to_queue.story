  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795286030.13
  0.004 #1 CallerJoinedQueue queue=khm-general position=1
  0.005 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.050 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.051 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.047212 rang=0.046124
  1.049 #1 CallTransferred agent=PJSIP/agent7 to=khm-water attended=False
  1.074 #1 AgentLeftTalk agent=PJSIP/agent7 talked=1.023553 ended_by=transfer
  1.075 #1 CallerJoinedQueue queue=khm-water position=1
  1.075 #1 AgentOffered agent=PJSIP/agent8 queue=khm-water
  1.366 #1 RecordingStarted segment=2 agent=PJSIP/agent8
  1.367 #1 AgentAnswered agent=PJSIP/agent8 queue=khm-water waited=0.291958 rang=0.29178
  2.442 #1 AgentLeftTalk agent=PJSIP/agent8 talked=1.075445 ended_by=caller
  2.454 #1 CallEnded cause=16 by_caller=True
