/** Starts the page that drives sessions. */

import { render } from 'preact';
import '../../src/inspector/page/style/tokens.css';
import '../../src/inspector/page/style/base.css';
import '../../src/inspector/page/style/shell.css';
import './play.css';
import { PlayPage } from './play-page.tsx';
import { restoreSiteTheme } from './site-theme.ts';

restoreSiteTheme();
render(<PlayPage />, document.getElementById('page')!);
