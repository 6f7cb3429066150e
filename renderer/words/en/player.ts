/** What is said of the player, before against after, and previews. */
export interface PlayerWords {
  readonly player: {
    readonly label: string;
    readonly play: string;
    readonly pause: string;
    readonly previousFrame: string;
    readonly nextFrame: string;
    readonly setIn: string;
    readonly setOut: string;
    readonly clear: string;
    readonly moment: string;
    readonly timecode: string;
    readonly timeline: string;
    readonly inPoint: string;
    readonly outPoint: string;
    readonly zoomIn: string;
    readonly zoomOut: string;
    readonly zoomAll: string;
    readonly mute: string;
    readonly unmute: string;
    readonly loading: string;
    speed(times: number): string;
    part(from: string, to: string, length: string): string;
    frame(number: number): string;
  };
  readonly compare: {
    readonly toggle: string;
    readonly modes: Readonly<Record<'slider' | 'side' | 'lens' | 'difference', string>>;
    readonly modesLabel: string;
    readonly before: string;
    readonly after: string;
    readonly slider: string;
    readonly lens: string;
    readonly keepA: string;
    readonly keepAHelp: string;
    readonly dropA: string;
    readonly sideA: string;
    readonly sideB: string;
    readonly making: string;
    sliderWords(before: number): string;
    differenceOf(left: string, right: string): string;
    amplified(gain: number): string;
    took(seconds: string): string;
    readonly zoom: string;
    readonly fit: string;
    readonly actual: string;
    readonly zoomIn: string;
    readonly zoomOut: string;
    readonly original: string;
  };
  readonly preview: {
    readonly make: string;
    readonly help: string;
    readonly making: string;
    readonly ready: string;
    readonly close: string;
    readonly cancel: string;
    readonly play: string;
    readonly pause: string;
    readonly refused: string;
    percent(percent: number): string;
  };
}

export const playerEn: PlayerWords = {
  player: {
    label: 'Player',
    play: 'Play',
    pause: 'Pause',
    previousFrame: 'Previous frame',
    nextFrame: 'Next frame',
    setIn: 'Set in point',
    setOut: 'Set out point',
    clear: 'Clear in and out',
    moment: 'Moment of the video',
    timecode: 'Go to',
    timeline: 'Timeline',
    inPoint: 'In point',
    outPoint: 'Out point',
    zoomIn: 'Zoom the timeline in',
    zoomOut: 'Zoom the timeline out',
    zoomAll: 'Show all of it',
    mute: 'Sound off',
    unmute: 'Sound on',
    loading: 'Decoding…',
    speed: (times) => `×${times}`,
    part: (from, to, length) => `${from} – ${to} (${length})`,
    frame: (number) => `frame ${number}`,
  },
  compare: {
    toggle: 'Before/after',
    modes: { slider: 'Slider', side: 'Side by side', lens: 'Lens', difference: 'Difference' },
    modesLabel: 'How to compare',
    before: 'Before',
    after: 'After',
    slider: 'Compare before and after',
    lens: 'Lens: move it with the pointer or the arrow keys',
    keepA: 'Keep as A',
    keepAHelp: 'These settings stay on the left: change them and see both',
    dropA: 'Drop A',
    sideA: 'A',
    sideB: 'B',
    making: 'Making this frame…',
    sliderWords: (before) => `${before} percent before, ${100 - before} percent after`,
    differenceOf: (left, right) => `What differs between “${left}” and “${right}”`,
    amplified: (gain) => (gain === 1 ? 'Difference' : `Difference ×${gain}`),
    took: (seconds) => `this frame in ${seconds}`,
    zoom: 'Zoom',
    fit: 'Fit',
    actual: '100 %',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    original: 'Original',
  },
  preview: {
    make: 'Preview',
    help: 'One second around this moment, before and after',
    making: 'Making the preview…',
    ready: 'One second, before and after',
    close: 'Close',
    cancel: 'Cancel',
    play: 'Play the preview',
    pause: 'Pause the preview',
    refused: "This browser plays no H.264, so a preview can't be shown here. An export is not affected.",
    percent: (percent) => `${percent} %`,
  },
};
