  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795286016.2
  0.001 #1 FellBack reason=FAILURE
  0.603 #1 PromptHeard prompt=recording-notice
  0.603 #1 CallerJoinedQueue queue=khm-general position=1
  0.606 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.652 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.652 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.048725 rang=0.046242
  1.654 #1 AgentLeftTalk agent=PJSIP/agent7 talked=1.001534 ended_by=caller
  1.656 #1 CallEnded cause=16 by_caller=True
