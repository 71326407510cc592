"""What importing and serving load."""

import os
import subprocess
import sys


def test_serving_never_loads_numba():
    code = (
        "import sys, numpy as np\n"
        "from recommender.core import (ItemFactors, fold_in, score_items, top_n, explain,\n"
        "    Hyperparameters, UserRatings, reasons_for, similar_items)\n"
        "f = lambda *s: np.ones(s, np.float32)\n"
        "p = Hyperparameters(n_factors=2, interest_factors=2)\n"
        "items = ItemFactors(3.5, np.arange(4), np.ones(4, np.int32), f(4), f(4, 2), f(4, 2),\n"
        "    f(4, 2), f(4, 2), 0.0, f(2), f(2), 0.7, 20.0, 5.0, p)\n"
        "user = fold_in(items, [0, 1], [4.0, 5.0])\n"
        "top_n(score_items(items, user), 2)\n"
        "rated = UserRatings([0, 1], [4.0, 5.0])\n"
        "explain(items, rated, 2); reasons_for(items, rated, [2]); similar_items(items, 0, 2)\n"
        "assert 'numba' not in sys.modules and 'django' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=os.getcwd(), timeout=60)
