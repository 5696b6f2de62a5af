/** The theme of VitePress with our colours, and with the fonts that a system has: none is fetched. */

import theme from 'vitepress/theme-without-fonts';
import '../../../../src/inspector/page/style/tokens.css';
import './style.css';

export default theme;
