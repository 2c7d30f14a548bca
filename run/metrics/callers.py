"""What the AGI server knows of itself."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agi.server import Server


class OfMenus(Collector):
    """Callers in the menu now, how many there may be, and who was refused: they heard the static greeting."""

    def __init__(self, server: Server, most: int) -> None:
        self._server, self._most = server, most

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("holos_agi_sessions", "Callers in the menu now.", value=self._server.sessions)
        yield GaugeMetricFamily("holos_agi_sessions_limit", "Callers that may be in it at once.", value=self._most)
        yield CounterMetricFamily(
            "holos_agi_refusals", "Callers sent to the static greeting by the limit.", value=self._server.refused
        )
