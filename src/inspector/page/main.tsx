/** Starts the page: the token, the theme, the connection, and the shell around the views. */

import { render } from 'preact';
import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import { openSocket } from './connection/reach.ts';
import { keepToken, takeToken } from './connection/token.ts';
import { showsChart } from './overview/overview-state.ts';
import { App } from './shell/app.tsx';
import { followAddress } from './shell/route.ts';
import { Pace, pageSurroundings } from './store/pace.ts';
import { PageStore } from './store/page-store.ts';
import { restoreTheme } from './theme.ts';

restoreTheme();
// Where there is no room beside the table, the chart is shown to those who ask for it.
showsChart.value = innerWidth > 900;
const store = new PageStore({ origin: location.origin, openSocket, later: new Pace(pageSurroundings()).later });
store.connect(takeToken());
followAddress(globalThis, () => store.connect(takeToken()));

const useToken = (token: string): void => {
  keepToken(token);
  store.connect(token);
};

render(<App store={store} useToken={useToken} />, document.getElementById('page')!);
