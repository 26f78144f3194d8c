/** What is wrong with the way from a caller's mouth to the bot. */
export interface BadLine {
  /** 20 ms, of speech or of silence, as they are heard at the far end. */
  carry(frame: Int16Array): Int16Array;
  /** Whether the network loses the packet that is next. */
  isLost(): boolean;
}
