import threading

from portvagt_isp import config
from portvagt_isp.broker_link import BrokerLink, Delivery
from portvagt_isp.intake import Arrival


class TestConfirm:
    def test_goes_on_when_the_connection_ends_meanwhile(self, isp):
        """paho sends the PUBACK within ack(), and calls on_disconnect there when the broker is gone."""
        link = BrokerLink(config.load(isp.configuration()), lambda _: None)
        confirmed = []

        def ack(mid, _qos):
            confirmed.append(mid)
            link._on_disconnect(link._client, None, None, "broken pipe", None)

        link._client.ack = ack
        deliveries = [Delivery(Arrival(0.0, "topic", b""), 0, mid, 1) for mid in (1, 2)]
        thread = threading.Thread(target=link.confirm, args=(deliveries,), daemon=True)
        thread.start()
        thread.join(10)
        assert not thread.is_alive()
        assert confirmed == [1]  # the other one belongs to the connection that ended
