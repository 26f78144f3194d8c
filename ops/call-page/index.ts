export { escaped } from './markup';
export { peaks } from './peaks';
export { type Block, drawCall, LANE, type Span, waveform, WIDTH } from './picture';
export { PAGE_POLICY, SCRIPT, STYLE } from './style';
