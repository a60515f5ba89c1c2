import time
def test_smoke(sit):
    t=time.time()
    page = sit("owner@d001.demo")
    print(page.title(), time.time()-t)
    page.screenshot(path="/tmp/a.png")
