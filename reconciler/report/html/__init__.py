"""Results as one self-contained page each: no remote asset, no script or style from data, a policy that allows nothing else. Pure."""
