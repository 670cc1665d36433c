"""What every measurement needs: the packages, programs run and timed, results kept, matches scored."""
