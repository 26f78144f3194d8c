/**
 * A frame with steady noise over it, normally distributed.
 * @param noiseDb its level (RMS), in dB of full scale, such as −50
 */
export function withNoise(frame: Int16Array, noiseDb: number, random: () => number): Int16Array {
  const amplitude = 32_768 * 10 ** (noiseDb / 20);
  return Int16Array.from(frame, (sample) => {
    // By Box and Muller.
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(-32_768, Math.min(32_767, Math.round(sample + amplitude * normal)));
  });
}
