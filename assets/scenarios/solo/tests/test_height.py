import unittest

from tide_tables import height


class Height(unittest.TestCase):
    def test_one_constant(self):
        self.assertAlmostEqual(height([(2.0, 30.0, 0.0)], 0), 2.0)
        self.assertAlmostEqual(height([(2.0, 30.0, 0.0)], 6), -2.0)


if __name__ == "__main__":
    unittest.main()
