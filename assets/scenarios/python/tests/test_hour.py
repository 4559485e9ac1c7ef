import unittest

from sundial import hour


class Hour(unittest.TestCase):
    def test_greenwich(self):
        self.assertEqual(hour(0, 12), 12)
