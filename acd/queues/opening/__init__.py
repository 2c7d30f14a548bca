"""Which queues there are: a new one, another name, closed when nobody is led there any more, opened again."""
