/** The TCP port the bot listens on unless told otherwise, and always in its container. */
export const BOT_PORT = 7860;

/** Answers 200 while the process can serve: asked by the container, the load balancer and operators. */
export const HEALTH_PATH = '/health';
