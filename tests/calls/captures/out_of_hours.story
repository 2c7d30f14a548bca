  0.000 #1 CallArrived caller= dialled=1580 language=uk source=trunk channel=node1-1795285970.11
  0.004 #1 MenuEntered menu=hotline
  0.004 #1 FoundClosed reason=night
  0.004 #1 PromptHeard prompt=closed
  0.006 #1 CallEnded cause=16 by_caller=False
