"""What visitors leave for staff: ratings of answers and requests for a call. No adapters."""
