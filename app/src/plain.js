(() => {
  let broken = false, waited = 0;
  const root = document.documentElement;
  const hub = location.pathname.split('/')[1] === 'hub';
  try {
    if (hub && sessionStorage.anew) root.dataset.anew = '';
  } catch {}
  const hydrated = () => document.body?.dataset.hydrated;
  const ours = (event) => {
    const error = event.error ?? event.reason;
    return /^(Runtime|Compile|Link)Error$/.test(error?.name) || `${event.filename} ${error?.stack}`.includes('/pkg/');
  };
  const once = (action) => {
    try {
      const before = sessionStorage.broken ?? 0;
      sessionStorage.broken = Date.now();
      if (Date.now() - before > 10000) action();
    } catch {}
  };
  // Without a connection the browser's half does not come. That breaks nothing: the page works as it is.
  const absent = (error) => error?.name === 'TypeError' && /import/i.test(error.message);
  const fail = (event) => {
    if (absent(event.reason)) event.preventDefault();
    if (broken || !ours(event)) return;
    broken = true;
    root.dataset.plain = '';
    const again = hub && root.dataset.anew === undefined;
    if (again || hydrated()) once(() => {
      if (again) sessionStorage.anew = '1';
      location.reload();
    });
  };
  addEventListener('error', fail);
  addEventListener('unhandledrejection', fail);
  // Steps of an earlier visit have addresses of their own. Nobody else shows the right one before the browser's half is there.
  addEventListener('popstate', () => hub || hydrated() || location.reload());
  for (const type of ['submit', 'click']) {
    addEventListener(type, (event) => broken && event.stopImmediatePropagation(), true);
  }
  setInterval(() => {
    const stuck = broken || (!hydrated() && ++waited > 4);
    if (stuck && document.querySelector('[data-follow]')) location.reload();
  }, 4000);
})()
