package soap

// MostWaiting is how many calls may wait for their turn.
const MostWaiting = mostWaiting
