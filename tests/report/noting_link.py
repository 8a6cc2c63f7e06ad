"""Stands in for a link: notes what it is asked to do, tells what the test says. And a clock that the test moves."""


class NotingLink:
    made: "list[NotingLink]"

    def __init__(self, _loop, _endpoint, user):
        self.user = user
        self.published = []
        self.subscribed = []
        self.closed = False
        self.made.append(self)

    def connect(self):
        pass

    def publish(self, topic, payload, retain):
        self.published.append((topic, payload, retain))
        return len(self.published)

    def subscribe(self, topic_filter):
        self.subscribed.append(topic_filter)

    def close(self):
        self.closed = True


class Clock:
    """Monotonic time that only the test moves."""

    now = 1000.0

    def __call__(self):
        return self.now
