  0.000 #1 CallArrived caller= dialled=1580 language=uk source=trunk channel=node1-1795285959.0
  0.014 #1 MenuEntered menu=hotline
  0.017 #1 LanguageChosen language=uk remembered=False
  0.019 #1 KeyPressed menu=hotline key=9 accepted=False
  0.021 #1 KeyPressed menu=hotline key=1 accepted=True
  0.021 #1 TopicChosen topic=water
  0.025 #1 CallerJoinedQueue queue=khm-general position=1
  0.027 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.050 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.051 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.026052 rang=0.024083
  2.059 #1 AgentLeftTalk agent=PJSIP/agent7 talked=2.008353 ended_by=caller
  2.070 #1 CallEnded cause=16 by_caller=True
