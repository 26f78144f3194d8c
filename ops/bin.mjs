#!/usr/bin/env node
/* `npx voice-agent-ops <command>`: the same as `npm run ops -- <command>`. */
import { require as load } from 'tsx/cjs/api';

load('./main.ts', import.meta.url);
