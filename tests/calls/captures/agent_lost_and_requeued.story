  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795286037.20
  0.001 #1 CallerJoinedQueue queue=khm-general position=1
  0.001 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.046 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.046 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.04488 rang=0.044773
 10.045 #1 AgentLeftTalk agent=PJSIP/agent7 talked=9.999314 ended_by=lost
 10.045 #1 CallerRequeued queue=khm-general
 10.351 #1 CallerJoinedQueue queue=khm-general position=1
 11.653 #1 AgentOffered agent=PJSIP/agent8 queue=khm-general
 11.664 #1 RecordingStarted segment=2 agent=PJSIP/agent8
 11.664 #1 AgentAnswered agent=PJSIP/agent8 queue=khm-general waited=1.312924 rang=0.01092
 12.672 #1 AgentLeftTalk agent=PJSIP/agent8 talked=1.008352 ended_by=caller
 12.673 #1 CallEnded cause=44 by_caller=True
