  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289236.14 endpoint= trunk=
  0.001 #1 FellBack reason=FAILURE
  0.603 #1 PromptHeard prompt=recording-notice
  0.604 #1 CallerJoinedQueue queue=khm-general position=1
  0.607 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.656 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.656 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.052638 rang=0.049853
  1.659 #1 AgentLeftTalk agent=PJSIP/agent7 talked=1.002069 ended_by=caller
  1.659 #1 CallEnded cause=16 by_caller=True
