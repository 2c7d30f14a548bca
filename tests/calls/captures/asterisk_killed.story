  0.000 #1 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795286051.23
  0.004 #1 CallerJoinedQueue queue=khm-general position=1
  0.005 #1 AgentOffered agent=PJSIP/agent7 queue=khm-general
  0.051 #1 RecordingStarted segment=1 agent=PJSIP/agent7
  0.051 #1 AgentAnswered agent=PJSIP/agent7 queue=khm-general waited=0.047238 rang=0.046216
  0.052 #2 CallArrived caller=380671234567 dialled=1580 language=uk source=trunk channel=node1-1795286051.25
  0.056 #2 CallerJoinedQueue queue=khm-general position=1
