import { defineAgent } from '../../contract/agent';

export default defineAgent({});
