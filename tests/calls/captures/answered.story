  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795289220.0 endpoint= trunk=
  0.003 #1 MenuEntered menu=hotline
  0.003 #1 LanguageChosen language=uk remembered=False
  0.003 #1 KeyPressed menu=hotline key=9 accepted=False
  0.003 #1 KeyPressed menu=hotline key=1 accepted=True
  0.003 #1 TopicChosen topic=water
  0.004 #1 CallerJoinedQueue queue=khm-general position=1
  0.006 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.049 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.050 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.046296 rang=0.044485
  2.049 #1 AgentLeftTalk agent=PJSIP/agent7 talked=1.998677 ended_by=caller
  2.050 #1 CallEnded cause=16 by_caller=True
