export { fromOutside, type NotJudged, whyNotFromOutside } from './from-outside';
export { type DeployedBot, OutsideCaller } from './hold-call';
